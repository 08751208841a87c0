/** A revocation takes so long to be heard of. docs/guides/access-keys.md says so. */
const FOUND_KEPT_MS = 60_000;
/** What is not there may be created any moment; until then nobody makes us read for it. */
const ABSENT_KEPT_MS = 5_000;
const MAX_KEPT = 2_000;

interface Kept<Credential> {
  readonly credential: Promise<Credential | undefined>;
  /** Epoch ms. */
  until: number;
  /** There was no such credential, or none that is good. */
  isAbsent: boolean;
}

/**
 * What was read of credentials, remembered in the process for a while: a request costs neither a
 * reading nor a decryption.
 */
export class CredentialMemory<Credential> {
  readonly #kept = new Map<string, Kept<Credential>>();
  readonly #now: () => number;
  readonly #load: (id: string) => Promise<Credential | undefined>;

  constructor(now: () => number, load: (id: string) => Promise<Credential | undefined>) {
    this.#now = now;
    this.#load = load;
  }

  async find(id: string): Promise<Credential | undefined> {
    const known = this.#kept.get(id);
    if (known && known.until > this.#now()) return known.credential;
    return this.#remember(id);
  }

  async #remember(id: string): Promise<Credential | undefined> {
    const until = this.#now() + FOUND_KEPT_MS;
    const entry: Kept<Credential> = { credential: this.#load(id), until, isAbsent: false };
    if (this.#kept.size >= MAX_KEPT) this.#makeRoom();
    this.#kept.set(id, entry);
    try {
      const credential = await entry.credential;
      entry.isAbsent = credential === undefined;
      if (entry.isAbsent) entry.until = this.#now() + ABSENT_KEPT_MS;
      return credential;
    } catch (error) {
      this.#kept.delete(id);
      throw error;
    }
  }

  /** Who makes up ids pushes out made-up ids: what was found stays as long as there is room. */
  #makeRoom(): void {
    for (const [id, { isAbsent }] of this.#kept) if (isAbsent) this.#kept.delete(id);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
  }
}
