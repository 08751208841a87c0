import type {
  PayloadContainer,
  PayloadNetworkInterface,
  PayloadTask,
} from "@berth/contracts/agent/messages";

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

/** What a task with networkMode awsvpc has. */
export const aNetworkInterface = (): PayloadNetworkInterface => ({
  attachmentArn: "arn:aws:ecs:us-east-1:123456789012:attachment/a1",
  ec2Id: "eni-0123456789abcdef0",
  index: 0,
  macAddress: "02:00:00:00:00:01",
  privateDnsName: "eni-0123456789abcdef0.berth.internal",
});

/** A task of one container, `web`, that has a network of its own. */
export const anAwsvpcTask = (members: Partial<PayloadTask> = {}): PayloadTask =>
  aPayloadTask({
    networkMode: "awsvpc",
    elasticNetworkInterfaces: [aNetworkInterface()],
    ...members,
  });
