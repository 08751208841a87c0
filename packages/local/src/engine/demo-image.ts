import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { staticBusybox } from "./static-busybox.ts";

const DEMO_REPOSITORY = "berth/demo";
/** Two that answer differently, so that a rolling update can be seen. */
const DEMO_TAGS = ["1", "2"] as const;

const DIGEST_LABEL = "berth.demo.digest";

/**
 * PID 1 of a demo container: a shell that waits, because busybox httpd as PID 1 would ignore
 * SIGTERM and every stop would last until SIGKILL. The page is made by a script at each request, so
 * that the root file system may be read-only.
 */
const SERVE = `#!/bin/sh
httpd -f -p "\${PORT:-80}" -h /www &
trap 'kill "$!"; exit 0' TERM INT
wait "$!"
`;

const PAGE = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
printf 'berth demo %s on %s\\n' "$DEMO_VERSION" "$(hostname)"
`;

/** `exit 3` as a container's command, for one-off tasks: in a shell it is only a built-in. */
const EXIT = `#!/bin/sh
exit "$1"
`;

/** What the image calls by name; every one of them is busybox. */
const APPLETS = (
  "sh httpd hostname printf echo sleep cat ls env id date wget nc true false test kill ps mkdir " +
  "touch rm head tail dd grep sed seq stat mount df ping ip pwd yes"
).split(" ");

/**
 * Makes `berth/demo:1` and `berth/demo:2` in the engine without any registry, unless they are
 * there as they would be made. An HTTP server on port 80 (or PORT) that says its version and host
 * name; it stops promptly on SIGTERM. Returns what it made.
 */
export async function prepareDemoImages(docker: Docker): Promise<readonly string[]> {
  const digest = await recipeDigest();
  const stored = await Promise.all(DEMO_TAGS.map((tag) => storedDigest(docker, nameOf(tag))));
  const missing = DEMO_TAGS.filter((_, index) => stored[index] !== digest);
  if (missing.length === 0) return [];
  const archive = await rootFileSystem(await staticBusybox());
  for (const tag of missing) await importImage(docker, { archive, tag, digest });
  return missing.map(nameOf);
}

const nameOf = (tag: string) => `${DEMO_REPOSITORY}:${tag}`;

/** Of all that goes into an image but busybox, which has to be fetched where an image is missing. */
async function recipeDigest(): Promise<string> {
  const archive = await rootFileSystem(Buffer.alloc(0));
  return createHash("sha256").update(archive).digest("hex");
}

async function storedDigest(docker: Docker, name: string): Promise<string | undefined> {
  try {
    const { Config } = await docker.getImage(name).inspect();
    return Config.Labels?.[DIGEST_LABEL];
  } catch (error) {
    const isAbsent = error instanceof Error && "statusCode" in error && error.statusCode === 404;
    if (isAbsent) return undefined;
    throw error;
  }
}

/** One layer from one archive, as `docker import` does; takes no builder. */
async function importImage(
  docker: Docker,
  image: { readonly archive: Buffer; readonly tag: string; readonly digest: string },
): Promise<void> {
  const progress = await docker.importImage(Readable.from([image.archive]), {
    repo: DEMO_REPOSITORY,
    tag: image.tag,
    changes: [
      "ENV PATH=/bin",
      `ENV DEMO_VERSION=${image.tag}`,
      "EXPOSE 80",
      `LABEL ${DIGEST_LABEL}=${image.digest}`,
      `CMD ["serve"]`,
    ],
  });
  const last = (await buffer(progress)).toString("utf8").trim().split("\n").at(-1) ?? "{}";
  const { error } = JSON.parse(last) as { error?: string };
  if (error) throw new Error(`Docker Engine refused the demo image: ${error}`);
}

/** The same bytes every time, so that their digest tells whether an image is up to date. */
async function rootFileSystem(busybox: Buffer): Promise<Buffer> {
  const archive = pack();
  const mtime = new Date(0);
  for (const name of ["bin", "etc", "tmp", "www", "www/cgi-bin"]) {
    archive.entry({ name, type: "directory", mode: name === "tmp" ? 0o1777 : 0o755, mtime });
  }
  archive.entry({ name: "bin/busybox", mode: 0o755, mtime }, busybox);
  for (const name of APPLETS) {
    archive.entry({ name: `bin/${name}`, type: "symlink", linkname: "busybox", mtime });
  }
  const scripts = { "bin/serve": SERVE, "bin/exit": EXIT, "www/cgi-bin/index.cgi": PAGE };
  for (const [name, text] of Object.entries(scripts)) {
    archive.entry({ name, mode: 0o755, mtime }, text);
  }
  archive.entry({ name: "etc/passwd", mode: 0o644, mtime }, "root:x:0:0:root:/:/bin/sh\n");
  archive.finalize();
  return buffer(archive);
}
