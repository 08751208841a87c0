/**
 * Shards of the table on AWS: 500 starts of tasks in a second write to none of its partition keys
 * more than 100 times (ADR 0025, `test/bench/partition-keys.ts`). A table keeps the number that it was made with.
 */
export const AWS_TABLE_SHARDS = 64;
