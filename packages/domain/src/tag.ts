export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Each key once: the last tag of a key, where the first one stood. */
export const uniqueTags = (tags: readonly Tag[]): readonly Tag[] => [
  ...new Map(tags.map((tag) => [tag.key, tag])).values(),
];
