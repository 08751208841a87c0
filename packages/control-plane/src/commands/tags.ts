import { EcsError } from "@berth/domain/errors";
import type { Tag } from "@berth/domain/tag";

const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

interface GivenTag {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

/**
 * Tags as they may be kept; a tag without value has the empty one. Source: ECS API reference, Tag.
 *
 * @throws EcsError InvalidParameterException
 */
export function validTags(given: readonly GivenTag[] | undefined): readonly Tag[] {
  const tags = (given ?? []).map(({ key = "", value = "" }) => ({ key, value }));
  if (tags.length > MAX_TAGS) throw invalid(`tags can have at most ${MAX_TAGS} items.`);
  for (const tag of tags) checkTag(tag);
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw invalid("Tag keys must be unique within a resource.");
  }
  return tags;
}

function checkTag({ key, value }: Tag): void {
  if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
    throw invalid(`Tag key length must be between 1 and ${MAX_KEY_LENGTH}.`);
  }
  if (value.length > MAX_VALUE_LENGTH) {
    throw invalid(`Tag value length must be at most ${MAX_VALUE_LENGTH}.`);
  }
  if (/^aws:/i.test(key)) throw invalid("Tag keys must not begin with aws:.");
  if (!ALLOWED.test(key)) throw invalid(`Tag key contains invalid characters: ${key}`);
  if (!ALLOWED.test(value)) throw invalid(`Tag value contains invalid characters: ${value}`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
