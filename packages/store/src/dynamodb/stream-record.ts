import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { toChange } from "../change.ts";
import type { Change } from "../store.ts";
import { toItem } from "./item-format.ts";

type Image = Readonly<Record<string, unknown>>;

/** What a record of the table's stream (NEW_AND_OLD_IMAGES) tells; nothing where an item went. */
export function changeOf(images: {
  readonly NewImage?: Image | undefined;
  readonly OldImage?: Image | undefined;
}): Change | undefined {
  const { NewImage: after, OldImage: before } = images;
  return after && toChange(itemOf(after), before && itemOf(before));
}

/** Lambda's types and the SDK's differ in name only. */
const itemOf = (image: Image) => toItem(image as Record<string, AttributeValue>);
