import type Docker from "dockerode";

/** Asks about an image. The client takes a signal here as elsewhere, but its types do not know it. */
export function inspectImage(
  docker: Docker,
  name: string,
  abortSignal: AbortSignal,
): Promise<Docker.ImageInspectInfo> {
  const options: object = { abortSignal };
  return docker.getImage(name).inspect(options);
}
