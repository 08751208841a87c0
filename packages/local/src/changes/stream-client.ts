import { Agent, request } from "node:http";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { ChangeRecord } from "../embedded/change-log.ts";

export interface ChangeStream {
  /**
   * Changes after this one, or from the oldest on that is kept, as many as there are, at most `limit`.
   *
   * @returns `trimmed` where changes after this one are gone.
   */
  read(after: string | undefined, limit: number): Promise<readonly ChangeRecord[] | "trimmed">;
  /** The sequence number of the latest change, `0` where there was none yet. */
  end(): Promise<string>;
  close(): void;
}

/** DynamoDB Streams on the socket of the embedded DynamoDB. */
export function createChangeStream(socketPath: string): ChangeStream {
  const agent = new Agent({ keepAlive: true });
  const ask = async (operation: string, input: object): Promise<Answer> => {
    const outgoing = request({
      agent,
      socketPath,
      method: "POST",
      headers: { "x-amz-target": `DynamoDBStreams_20120810.${operation}` },
    });
    outgoing.end(JSON.stringify(input));
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    const text = Buffer.concat(await response.toArray()).toString();
    return JSON.parse(text) as Answer;
  };
  const iteratorAfter = async (after: string | undefined) => {
    const { ShardIterator } = await ask("GetShardIterator", {
      ShardIteratorType: after === undefined ? "TRIM_HORIZON" : "AFTER_SEQUENCE_NUMBER",
      SequenceNumber: after,
    });
    return ShardIterator;
  };
  const latest = async () => {
    const { ShardIterator, __type } = await ask("GetShardIterator", {
      ShardIteratorType: "LATEST",
    });
    if (ShardIterator === undefined) {
      throw new Error(`The stream of changes answers ${__type ?? "nothing"}.`);
    }
    return ShardIterator;
  };
  /** Where the latest answer said to go on, and after which change that is. */
  let next: { readonly after: string | undefined; readonly iterator: string } | undefined;
  return {
    async read(after, limit) {
      const iterator = next && next.after === after ? next.iterator : await iteratorAfter(after);
      const answer = await ask("GetRecords", { ShardIterator: iterator, Limit: limit });
      const { __type: error = "", Records, NextShardIterator = "" } = answer;
      next = undefined;
      if (error.endsWith("#TrimmedDataAccessException")) return "trimmed";
      if (!Records) throw new Error(`The stream of changes answers ${error || "nothing"}.`);
      next = {
        after: Records.at(-1)?.dynamodb.SequenceNumber ?? after,
        iterator: NextShardIterator,
      };
      return Records;
    },
    end: latest,
    close: () => agent.destroy(),
  };
}

interface Answer {
  readonly __type?: string;
  readonly ShardIterator?: string;
  readonly NextShardIterator?: string;
  readonly Records?: readonly ChangeRecord[];
}
