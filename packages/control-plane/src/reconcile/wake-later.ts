import type { WakeMessage } from "@berth/contracts/queue";
import type { ControlPlane } from "../context.ts";

/** The longest delay that SQS can give a message. */
const MAX_DELAY_SECONDS = 900;

/**
 * Wakes at about `at` (epoch ms). Beyond what a queue can delay, the `due` mark and the sweep see to it.
 */
export async function wakeLater(
  controlPlane: Pick<ControlPlane, "relay" | "now">,
  message: WakeMessage,
  at: number,
): Promise<void> {
  const seconds = Math.max(1, Math.ceil((at - controlPlane.now()) / 1000));
  if (seconds <= MAX_DELAY_SECONDS) {
    await controlPlane.relay.wake(message, { kind: "after", seconds });
  }
}
