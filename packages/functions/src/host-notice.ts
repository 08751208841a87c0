import type { HostNotice } from "@berth/domain/container-instance";
import type { EventBridgeEvent } from "aws-lambda";
import { z } from "zod";

export type HostNoticeReading =
  | { readonly kind: "read"; readonly notice: HostNotice }
  | { readonly kind: "unreadable"; readonly why: string };

const ec2InstanceId = z.string().regex(/^i-\w+$/);
const time = z.iso.datetime().transform((text) => Date.parse(text));

/** Source: Amazon EC2 user guide, state change events. */
const stateChange = z.object({
  source: z.literal("aws.ec2"),
  "detail-type": z.literal("EC2 Instance State-change Notification"),
  time,
  detail: z.object({
    "instance-id": ec2InstanceId,
    state: z.enum(["stopping", "shutting-down", "stopped", "terminated"]),
  }),
});

/** Two minutes before the end. Source: Amazon EC2 user guide, Spot interruption notices. */
const spotInterruption = z.object({
  source: z.literal("aws.ec2"),
  "detail-type": z.literal("EC2 Spot Instance Interruption Warning"),
  time,
  detail: z.object({ "instance-id": ec2InstanceId }),
});

/** From a group with a lifecycle hook. Source: Amazon EC2 Auto Scaling user guide, event reference. */
const scaleIn = z.object({
  source: z.literal("aws.autoscaling"),
  "detail-type": z.literal("EC2 Instance-terminate Lifecycle Action"),
  time,
  detail: z.object({
    EC2InstanceId: ec2InstanceId,
    AutoScalingGroupName: z.string(),
    LifecycleHookName: z.string(),
    LifecycleActionToken: z.string(),
  }),
});

/** Hooks of this name wait for Berth; what waits because of another is somebody else's to say. */
const OWN_HOOK = /^berth/;

const STATES = {
  stopping: "leaving",
  "shutting-down": "leaving",
  stopped: "stopped",
  terminated: "terminated",
} as const;

const leaving = (id: string, at: number): HostNotice => ({
  ec2InstanceId: id,
  state: "leaving",
  at,
});

const notices = z.discriminatedUnion("detail-type", [
  stateChange.transform(({ time: at, detail }): HostNotice => ({
    ec2InstanceId: detail["instance-id"],
    state: STATES[detail.state],
    at,
  })),
  spotInterruption.transform(({ time: at, detail }) => leaving(detail["instance-id"], at)),
  scaleIn.transform(({ time: at, detail }): HostNotice => ({
    ...leaving(detail.EC2InstanceId, at),
    ...(OWN_HOOK.test(detail.LifecycleHookName) && {
      lifecycleAction: {
        autoScalingGroup: detail.AutoScalingGroupName,
        hook: detail.LifecycleHookName,
        token: detail.LifecycleActionToken,
      },
    }),
  })),
]);

/** What an event of EC2's or Auto Scaling's says of a machine. */
export function readHostNotice(event: EventBridgeEvent<string, unknown>): HostNoticeReading {
  const outcome = notices.safeParse(event);
  if (outcome.success) return { kind: "read", notice: outcome.data };
  const faults = outcome.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return { kind: "unreadable", why: faults.join("; ") };
}
