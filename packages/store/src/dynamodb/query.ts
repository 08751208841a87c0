import type { QueryCommandInput, QueryCommandOutput } from "@aws-sdk/client-dynamodb";
import { keyRange, type KeyRange } from "../key-range.ts";
import type { Page, QueryOptions } from "../table.ts";
import { type Attributes, toItem } from "./item-format.ts";

/** The table or one of its indexes, and the names of its keys. */
export interface QuerySource {
  readonly tableName: string;
  readonly index?: string;
  readonly pkName: string;
  readonly skName: string;
}

/** What to ask for one page of a partition; undefined where the options leave no key. */
export function queryInput(
  source: QuerySource,
  pk: string,
  options: QueryOptions,
): QueryCommandInput | undefined {
  const range = keyRange(options);
  if (!range) return undefined;
  const { condition, values } = keyCondition(range);
  return {
    TableName: source.tableName,
    IndexName: source.index,
    KeyConditionExpression: `#pk = :pk${condition}`,
    ExpressionAttributeNames: { "#pk": source.pkName, ...(condition && { "#sk": source.skName }) },
    ExpressionAttributeValues: { ":pk": { S: pk }, ...values },
    ScanIndexForward: !options.reverse,
    ConsistentRead: options.consistent ?? false,
    Limit: options.limit && options.limit + (mayRepeatStart(options) ? 1 : 0),
  };
}

/** The page that was asked for with `queryInput`. `next` is there where DynamoDB stopped early. */
export function pageOf<T extends object>(
  { skName }: QuerySource,
  options: QueryOptions,
  output: Pick<QueryCommandOutput, "Items" | "LastEvaluatedKey">,
): Page<T> {
  const found = (output.Items ?? []).filter(
    (each) => !(mayRepeatStart(options) && each[skName]?.S === options.startAfter),
  );
  const page = found.slice(0, options.limit);
  const items = page.map((each) => toItem(each) as unknown as T);
  const stoppedEarly = output.LastEvaluatedKey !== undefined || page.length < found.length;
  const next = stoppedEarly ? (page.at(-1) ?? output.LastEvaluatedKey)?.[skName]?.S : undefined;
  return next === undefined ? { items } : { items, next };
}

/** A range with both ends is inclusive in DynamoDB: backwards it repeats the key to go on after. */
const mayRepeatStart = ({ reverse, skPrefix, startAfter }: QueryOptions): boolean =>
  Boolean(reverse && skPrefix) && startAfter !== undefined;

function keyCondition({ low, high }: KeyRange): {
  readonly condition: string;
  readonly values: Attributes;
} {
  const values: Attributes = {
    ...(low !== undefined && { ":low": { S: low } }),
    ...(high !== undefined && { ":high": { S: high } }),
  };
  if (low !== undefined && high !== undefined) {
    return { condition: " AND #sk BETWEEN :low AND :high", values };
  }
  if (low !== undefined) return { condition: " AND #sk >= :low", values };
  if (high !== undefined) return { condition: " AND #sk < :high", values };
  return { condition: "", values };
}
