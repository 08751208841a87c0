import { expect, test } from "vitest";
import { pinnedImage, repositoryOf } from "./image-name.ts";

test.each([
  ["web", "web"],
  ["web:1", "web"],
  ["localhost:5000/team/web", "localhost:5000/team/web"],
  ["localhost:5000/team/web:1", "localhost:5000/team/web"],
  ["r.io/web:1@sha256:ab", "r.io/web"],
])("the repository of %s is %s", (image, repository) => {
  expect(repositoryOf(image)).toBe(repository);
});

test("an image is pinned once", () => {
  expect(pinnedImage("r.io:5000/web:1", "sha256:ab")).toBe("r.io:5000/web@sha256:ab");
  expect(pinnedImage("r.io/web@sha256:cd", "sha256:ab")).toBe("r.io/web@sha256:cd");
});
