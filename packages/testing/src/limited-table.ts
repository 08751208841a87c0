import { canBeKey } from "@berth/store/dynamodb/key-limits";
import { itemSize } from "@berth/store/dynamodb/item-size";
import { keyRange } from "@berth/store/key-range";
import type { Item, Key, QueryOptions, Table } from "@berth/store/table";

/** Source: DynamoDB developer guide, "Constraints in Amazon DynamoDB". */
const MAX_ITEM_BYTES = 409_600;
const MAX_SK_BYTES = 1_024;
const MAX_LEVELS = 32;

/**
 * A table that fails where DynamoDB refuses a request as invalid: keys and bounds of ranges that no
 * item can have, items that are too large or too deep. The embedded server is more lenient.
 */
export function limitedTable(table: Table): Table {
  return {
    ...table,
    create: async (item) => table.create(checkedItem(item)),
    replace: async (item) => table.replace(checkedItem(item)),
    delete: async (key, version) => table.delete(checkedKey(key), version),
    query: async (pk, options = {}) => table.query(pk, checkedRange(pk, options)),
    list: async (listPk, options = {}) => table.list(listPk, checkedRange(listPk, options)),
  };
}

function checkedItem(item: Item): Item {
  const { listPk, listSk } = item;
  if (listPk !== undefined && listSk !== undefined) checkedKey({ pk: listPk, sk: listSk });
  const bytes = itemSize(item);
  if (bytes > MAX_ITEM_BYTES) throw invalid(`an item of ${bytes} bytes at ${describe(item)}`);
  const levels = levelsOf(item);
  if (levels > MAX_LEVELS) throw invalid(`an item of ${levels} levels at ${describe(item)}`);
  return checkedKey(item);
}

function checkedKey<T extends Key>(key: T): T {
  if (!canBeKey(key)) throw invalid(`the key ${describe(key)}`);
  return key;
}

function checkedRange<T extends QueryOptions>(pk: string, options: T): T {
  // Any sort key: the range has bounds of its own.
  checkedKey({ pk, sk: "x" });
  const { low = "", high = "" } = keyRange(options) ?? {};
  const tooLong = [low, high].find((bound) => Buffer.byteLength(bound) > MAX_SK_BYTES);
  if (tooLong !== undefined) throw invalid(`a range of ${describe({ pk, sk: tooLong })}`);
  return options;
}

/** How deep it is nested. */
const levelsOf = (value: unknown): number =>
  typeof value === "object" && value !== null
    ? 1 + Math.max(0, ...new Set(Object.values(value).map(levelsOf)))
    : 0;

const describe = ({ pk, sk }: Key) => `${pk.slice(0, 64)} / ${sk.slice(0, 64)}`;

const invalid = (what: string) => new Error(`ValidationException: DynamoDB refuses ${what}`);
