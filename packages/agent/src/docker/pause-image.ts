import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { ContainerError } from "../engine.ts";
import { PAUSE_IMAGE } from "../pause.ts";
import { within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import { isFound } from "./engine-error.ts";
import { inspectImage } from "./inspect-image.ts";
import { pauseProgram } from "./pause-program.ts";

/**
 * Makes the image of the container that holds a task's namespaces, unless it is there.
 *
 * @throws ContainerError CannotPullContainerError, where there is no program for this architecture
 */
export async function ensurePauseImage(docker: Docker, architecture: string): Promise<void> {
  const looking = within(DEADLINE_MS.inspect, (signal) =>
    inspectImage(docker, PAUSE_IMAGE, signal),
  );
  if (await isFound(looking)) return;
  const program = pauseProgram(architecture);
  if (!program) throw failure(`no ${PAUSE_IMAGE} for ${architecture}`);
  const archive = pack();
  archive.entry({ name: "pause", mode: 0o755, mtime: new Date(0) }, program);
  archive.finalize();
  const [repo = "", tag = ""] = PAUSE_IMAGE.split(":");
  const changes = ['ENTRYPOINT ["/pause"]'];
  const source = Readable.from([await buffer(archive)]);
  const said = await within(DEADLINE_MS.image, async () =>
    buffer(await docker.importImage(source, { repo, tag, changes })),
  );
  const last = said.toString().trim().split("\n").at(-1) ?? "{}";
  const { error } = JSON.parse(last) as { readonly error?: string };
  if (error !== undefined) throw failure(error);
}

const failure = (why: string): ContainerError =>
  new ContainerError(`CannotPullContainerError: ${why}`);
