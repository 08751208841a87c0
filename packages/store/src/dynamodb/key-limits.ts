import type { Key } from "../table.ts";

/** Bytes. Source: DynamoDB developer guide, constraints of partition and sort keys. */
const MAX_PK_BYTES = 2_048;
const MAX_SK_BYTES = 1_024;

/**
 * Whether an item can have this key. DynamoDB calls it a fault to ask for another one; but names come
 * from requests, and to whoever asks there just is no such thing.
 */
export const canBeKey = ({ pk, sk }: Key): boolean =>
  isWithin(pk, MAX_PK_BYTES) && isWithin(sk, MAX_SK_BYTES);

const isWithin = (text: string, maxBytes: number): boolean =>
  text !== "" && Buffer.byteLength(text) <= maxBytes;
