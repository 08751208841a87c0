import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG = "application/vnd.docker.container.image.v1+json";
const LAYER = "application/vnd.docker.image.rootfs.diff.tar";

interface SavedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/** A registry of its own for one test file, on this machine, that counts what it is asked for. */
export class Registry {
  /** Paths of manifests that were asked for by their tag. */
  readonly pulls: string[] = [];
  /** While set, `user:password` is asked for. */
  login: string | undefined;
  /** While set, every request is answered with a fault. */
  isDown = false;
  /** How many were. */
  refused = 0;
  readonly #server: Server;
  readonly #blobs = new Map<string, Buffer>();
  readonly #manifests = new Map<string, Buffer>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => this.#answer(request, response));
  }

  static async start(): Promise<Registry> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Registry(server);
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Offers an image of the engine under this name, told apart by a label; returns name and digest. */
  async offer(docker: Docker, { image, as, label = "" }: OfferedImage): Promise<Offer> {
    const files = unpack(await buffer(await docker.getImage(image).get()));
    const [saved] = JSON.parse(String(files.get("manifest.json"))) as readonly SavedImage[];
    const config = JSON.parse(String(files.get(saved?.Config ?? ""))) as ImageConfig;
    config.config.Labels = { "berth-test": label };
    const layers = (saved?.Layers ?? []).map((path) => files.get(path) ?? Buffer.alloc(0));
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: this.#keep(CONFIG, Buffer.from(JSON.stringify(config))),
        layers: layers.map((layer) => this.#keep(LAYER, layer)),
      }),
    );
    const [repository = "", tag = ""] = as.split(":");
    this.#manifests.set(`/v2/${repository}/manifests/${tag}`, manifest);
    this.#manifests.set(`/v2/${repository}/manifests/${digestOf(manifest)}`, manifest);
    return { name: `${this.host}/${as}`, digest: digestOf(manifest) };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #keep(mediaType: string, blob: Buffer) {
    this.#blobs.set(digestOf(blob), blob);
    return { mediaType, size: blob.length, digest: digestOf(blob) };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.isDown) {
      this.refused += 1;
      response.writeHead(500).end();
    } else if (this.login && request.headers.authorization !== `Basic ${btoa(this.login)}`) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
    } else this.#give(request, response);
  }

  #give({ url = "", method }: IncomingMessage, response: ServerResponse): void {
    const manifest = this.#manifests.get(url);
    const body = manifest ?? this.#blobs.get(url.split("/").at(-1) ?? "");
    if (url === "/v2/") response.end("{}");
    else if (body) {
      if (manifest && !url.includes("sha256:")) this.pulls.push(url);
      response.setHeader("content-type", manifest ? MANIFEST : "application/octet-stream");
      response.setHeader("docker-content-digest", digestOf(body));
      response.setHeader("content-length", body.length);
      response.end(method === "HEAD" ? undefined : body);
    } else {
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
    }
  }
}

interface OfferedImage {
  readonly image: string;
  /** Repository and tag. */
  readonly as: string;
  readonly label?: string;
}

interface Offer {
  readonly name: string;
  readonly digest: string;
}

interface ImageConfig {
  readonly config: { Labels: Readonly<Record<string, string>> };
}

const digestOf = (bytes: Buffer): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const BLOCK = 512;

/** The files of an archive as the engine writes them, with short names and nothing special. */
function unpack(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const text = (from: number, to: number) =>
    archive.toString("utf8", from, to).replace(/\0.*$/s, "").trim();
  for (let at = 0; at < archive.length && archive[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const begin = at + BLOCK;
    files.set(text(at, at + 100), archive.subarray(begin, begin + size));
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
