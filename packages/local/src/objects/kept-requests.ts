import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writePrivateFile } from "../data-directory.ts";

/** A request that made a bucket or an object. */
export interface KeptRequest {
  /** Without the query: by it the request is known. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body: string;
}

/**
 * The last request that made each bucket and each object, in files of their owner's alone: sent again
 * after a start, they make the same ones.
 */
export class KeptRequests {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Those of buckets come first. */
  read(): readonly KeptRequest[] {
    if (!existsSync(this.#directory)) return [];
    const names = readdirSync(this.#directory).filter((name) => name.endsWith(".json"));
    return names
      .map((name) => JSON.parse(readFileSync(join(this.#directory, name), "utf8")) as KeptRequest)
      .toSorted((a, b) => depth(a) - depth(b));
  }

  keep(request: KeptRequest): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    writePrivateFile(this.#file(request.path), JSON.stringify(request));
  }

  drop(path: string): void {
    rmSync(this.#file(path), { force: true });
  }

  /** Named by what it makes, whatever characters that has. */
  #file(path: string): string {
    const name = createHash("sha256").update(normal(path)).digest("hex");
    return join(this.#directory, `${name}.json`);
  }
}

const depth = ({ path }: KeptRequest): number => normal(path).split("/").length;

/** A bucket is the same with a slash behind it and without; one key may be spelled in several ways. */
function normal(path: string): string {
  const [bucket = "", ...key] = path.slice(1).split("/");
  return key.join("/") === "" ? bucket : `${bucket}/${decodeURIComponent(key.join("/"))}`;
}
