import { EcsError } from "@berth/domain/errors";
import { type Tag, uniqueTags } from "@berth/domain/tag";

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

/**
 * The keys of tags that are to be taken away.
 *
 * @throws EcsError InvalidParameterException
 */
export function validTagKeys(given: readonly string[] | undefined): ReadonlySet<string> {
  const keys = new Set(given);
  if (keys.size > MAX_TAGS) throw invalid(`tagKeys can have at most ${MAX_TAGS} items.`);
  for (const key of keys) checkKey(key);
  return keys;
}

/**
 * The tags of a resource with further ones, which win; those that were there keep their places.
 *
 * @throws EcsError LimitExceededException, where they are too many together
 */
export function mergedTags(tags: readonly Tag[], given: readonly Tag[]): readonly Tag[] {
  const merged = uniqueTags([...tags, ...given]);
  if (hasTooManyTags(merged)) throw new EcsError("LimitExceededException", TOO_MANY);
  return merged;
}

/**
 * The tags that a new resource gets from several sources.
 *
 * @throws EcsError InvalidParameterException, where they are too many together
 */
export function checkTagCount(tags: readonly Tag[]): readonly Tag[] {
  if (hasTooManyTags(tags)) throw invalid(TOO_MANY);
  return tags;
}

const TOO_MANY = `A resource can have at most ${MAX_TAGS} tags.`;

/** Those that ECS itself adds do not count. Source: ECS developer guide, tag restrictions. */
const hasTooManyTags = (tags: readonly Tag[]): boolean =>
  tags.filter(({ key }) => !RESERVED.test(key)).length > MAX_TAGS;

const RESERVED = /^aws:/i;

function checkTag({ key, value }: Tag): void {
  checkKey(key);
  if (value.length > MAX_VALUE_LENGTH) {
    throw invalid(`Tag value length must be at most ${MAX_VALUE_LENGTH}.`);
  }
  if (!ALLOWED.test(value)) throw invalid(`Tag value contains invalid characters: ${value}`);
}

function checkKey(key: string): void {
  if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
    throw invalid(`Tag key length must be between 1 and ${MAX_KEY_LENGTH}.`);
  }
  if (RESERVED.test(key)) throw invalid("Tag keys must not begin with aws:.");
  if (!ALLOWED.test(key)) throw invalid(`Tag key contains invalid characters: ${key}`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
