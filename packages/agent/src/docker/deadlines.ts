/**
 * How long answers of the engine and of systemd are waited for, in ms, where the configuration does not
 * say. What the engine does on disk or with processes may take minutes on a busy machine; what it only
 * looks up may not.
 */
export const DEADLINE_MS = {
  version: 10_000,
  inspect: 30_000,
  list: 60_000,
  listen: 30_000,
  image: 60_000,
  kill: 30_000,
  /** On top of the time that the container is given to end. */
  stop: 30_000,
  remove: 300_000,
  volume: 300_000,
  network: 60_000,
  /** Each question of a session that leads into a container; what is open then has none. */
  session: 20_000,
  systemd: 30_000,
} as const;
