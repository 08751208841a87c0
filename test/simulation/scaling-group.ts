import type { LifecycleActions } from "@berth/control-plane/context";
import type { LifecycleAction } from "@berth/domain/container-instance";
import type { SimulatedAgent } from "@berth/simulator/world/simulated-agent";
import type { World } from "@berth/simulator/world/world";
import { snapshotOf } from "./invariants.ts";

/** How long the hook waits by itself, since it was last told to. */
const HOOK_MS = 50_000;

interface Waiting {
  readonly agent: SimulatedAgent;
  readonly since: number;
  until: number;
  readonly end: () => void;
}

/** An Auto Scaling group with a hook: it ends a machine when it is told to, or when nobody says anything. */
export class ScalingGroup implements LifecycleActions {
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #drainAtMostMs: number;
  readonly #waiting = new Map<string, Waiting>();

  constructor(world: World, { drainAtMostMs }: { readonly drainAtMostMs: number }) {
    this.#world = world;
    this.#drainAtMostMs = drainAtMostMs;
  }

  isWaitingFor(agent: SimulatedAgent): boolean {
    return [...this.#waiting.values()].some((each) => each.agent === agent);
  }

  /** Waits before it ends this machine. */
  scaleIn(agent: SimulatedAgent, end: () => void): LifecycleAction {
    const token = this.#world.random.hex(32);
    const since = this.#world.scheduler.now;
    this.#waiting.set(token, { agent, since, until: since + HOOK_MS, end });
    this.#endInTime(token);
    return { autoScalingGroup: "berth", hook: "berth-drain", token };
  }

  /** It ended for another reason: nobody waits for it any more. */
  forget(agent: SimulatedAgent): void {
    for (const [token, waiting] of this.#waiting) {
      if (waiting.agent === agent) this.#waiting.delete(token);
    }
  }

  async complete(_: string, { token }: LifecycleAction): Promise<void> {
    const waiting = this.#waiting.get(token);
    if (!waiting) return;
    this.#waiting.delete(token);
    const { agent, since, end } = waiting;
    const mustEnd = since + this.#drainAtMostMs <= this.#world.scheduler.now;
    if (!mustEnd && (await this.#hasTasks(agent))) {
      this.broken.push(`I21 the machine of ${agent.id} may end, with tasks on it`);
    }
    end();
  }

  /** Some that came after a user had it take tasks again a moment ago do not count. */
  async #hasTasks({ id }: SimulatedAgent): Promise<boolean> {
    const { instances, live } = await snapshotOf(this.#world.truth);
    const { ledger } = instances.find((each) => each.ledger.id === id) ?? {};
    if (ledger?.status === "ACTIVE") return false;
    return [...live.values()].some(
      (task) => task.containerInstanceId === id && task.lastStatus !== "STOPPED",
    );
  }

  async recordHeartbeat(_: string, { token }: LifecycleAction): Promise<"waiting" | "over"> {
    const waiting = this.#waiting.get(token);
    if (!waiting) return "over";
    waiting.until = this.#world.scheduler.now + HOOK_MS;
    return "waiting";
  }

  #endInTime(token: string): void {
    const waiting = this.#waiting.get(token);
    if (!waiting) return;
    if (waiting.until > this.#world.scheduler.now) {
      const left = waiting.until - this.#world.scheduler.now;
      this.#world.scheduler.after(left, () => this.#endInTime(token));
      return;
    }
    this.#waiting.delete(token);
    this.broken.push(`I22 nobody told the group that waited for ${waiting.agent.id}`);
    waiting.end();
  }
}
