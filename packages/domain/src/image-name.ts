/** Without tag and digest: the registry, where it is said, and the repository. */
export function repositoryOf(image: string): string {
  const [untagged = ""] = image.split("@");
  const lastPart = untagged.lastIndexOf("/") + 1;
  const colon = untagged.indexOf(":", lastPart);
  return colon < 0 ? untagged : untagged.slice(0, colon);
}

/** The very image that the name meant when it had this digest. One that names a digest stays as it is. */
export const pinnedImage = (image: string, digest: string): string =>
  image.includes("@") ? image : `${repositoryOf(image)}@${digest}`;
