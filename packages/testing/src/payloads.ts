import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";

/** A task's ARN, told apart by a small number. */
export const payloadTaskArn = (number = 1): string =>
  `arn:aws:ecs:us-east-1:123456789012:task/default/${number.toString(16).padStart(32, "0")}`;

export const aPayloadContainer = (members: Partial<PayloadContainer> = {}): PayloadContainer => ({
  name: "web",
  image: "web:1",
  essential: true,
  cpu: 64,
  memory: 64,
  ...members,
});

/** A task of one essential container, `web`. */
export const aPayloadTask = (members: Partial<PayloadTask> = {}): PayloadTask => ({
  arn: payloadTaskArn(),
  desiredStatus: "RUNNING",
  family: "web",
  version: "1",
  containers: [aPayloadContainer()],
  volumes: [],
  ...members,
});
