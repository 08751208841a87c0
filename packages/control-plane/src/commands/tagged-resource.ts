import { isDeepStrictEqual } from "node:util";
import type { Tag } from "@berth/domain/tag";
import type { Stored } from "@berth/store/store";
import type { WriteOutcome } from "@berth/store/table";
import { persist } from "../reconcile/persist.ts";

/** A resource, as far as it has tags. */
export interface TaggedResource {
  /** Undefined where there is no such resource. */
  tags(): Promise<readonly Tag[] | undefined>;
  /**
   * Writes what `change` makes of the tags, whoever else writes the resource meanwhile.
   *
   * @returns the tags as they are now; undefined where there is no such resource
   */
  changeTags(change: (tags: readonly Tag[]) => readonly Tag[]): Promise<readonly Tag[] | undefined>;
}

/** The item that tags lie on. */
interface TaggedItem<T extends object> {
  find(): Promise<Stored<T> | undefined>;
  replace(item: Stored<T>): Promise<WriteOutcome>;
  /** Undefined where the item is there, and what the tags are of is not. */
  tagsOf(item: Stored<T>): readonly Tag[] | undefined;
  withTags(item: Stored<T>, tags: readonly Tag[]): Stored<T>;
}

/** A resource whose tags lie on an item. What leaves the tags as they are writes nothing. */
export function taggedResource<T extends object>(item: TaggedItem<T>): TaggedResource {
  return {
    tags: async () => {
      const found = await item.find();
      return found && item.tagsOf(found);
    },
    changeTags: async (change) => {
      const outcome = await persist<T>(
        () => item.find(),
        (current) => {
          const before = item.tagsOf(current);
          const after = before && change(before);
          return after === undefined || isDeepStrictEqual(before, after)
            ? undefined
            : item.withTags(current, after);
        },
        (next) => item.replace(next),
      );
      return outcome && item.tagsOf(outcome.item);
    },
  };
}

/** A resource that is an item of its own, with its tags in a member `tags`. */
export const taggedByItself = <T extends { readonly tags: readonly Tag[] }>(
  item: Pick<TaggedItem<T>, "find" | "replace">,
): TaggedResource =>
  taggedResource<T>({
    ...item,
    tagsOf: ({ tags }) => tags,
    withTags: (current, tags) => ({ ...current, tags }),
  });
