import { createHmac } from "node:crypto";
import type { RootCredentials } from "@berth/contracts/local/installation";

/**
 * Where the engine's log driver finds the log service: beside the API's own address, on the same port, so
 * that containers which outlive a restart find it again, and the API has no part in what they write.
 */
export const DRIVER_ADDRESS = "127.0.0.2";

export const driverEndpoint = (port: number): string => `http://${DRIVER_ADDRESS}:${port}`;

/**
 * The key with which the driver writes for tasks without an execution role: what the role of its instance
 * is on AWS. Made of the root key, so that nobody need keep it; it says nothing of it.
 */
export function driverKey({ accessKeyId, secretAccessKey }: RootCredentials): RootCredentials {
  const digest = (what: string) =>
    createHmac("sha256", secretAccessKey)
      .update(`${what} of the log driver, ${accessKeyId}`)
      .digest();
  return {
    // With a digit that ids of issued keys never have.
    accessKeyId: `AKIA0${digest("id").toString("hex").slice(0, 15).toUpperCase()}`,
    secretAccessKey: digest("secret").toString("base64"),
  };
}

/** What AWS's policy for execution roles lets them do with logs, and making a group, for who asks for that. */
export const DRIVER_POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: "*",
    },
  ],
} as const;
