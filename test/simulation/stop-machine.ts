import type { HostNotice } from "@berth/domain/container-instance";
import { noteHost } from "@berth/control-plane/hosts/note-host";
import type { SimulatedAgent } from "@berth/simulator/world/simulated-agent";
import type { World } from "@berth/simulator/world/world";
import type { Chaos } from "./chaos.ts";

type Told = Pick<HostNotice, "state" | "lifecycleAction">;

/** EC2 stops the machine of an agent and starts it again, and tells of it late, twice and in any order. */
export function stopMachine(chaos: Chaos, agent: SimulatedAgent): void {
  const { world } = chaos;
  tell(world, agent, { state: "leaving" });
  world.scheduler.after(world.random.between(500, 10_000), () => endMachine(chaos, agent));
}

/** The same for an Auto Scaling group that keeps a pool of stopped machines, and waits before it stops one. */
export function scaleIn(chaos: Chaos, agent: SimulatedAgent): void {
  const lifecycleAction = chaos.group.scaleIn(agent, () => endMachine(chaos, agent));
  tell(chaos.world, agent, { state: "leaving", lifecycleAction });
}

function endMachine({ world, group }: Chaos, agent: SimulatedAgent): void {
  group.forget(agent);
  agent.powerOff();
  tell(world, agent, { state: "stopped" });
  world.scheduler.after(world.random.between(5_000, 60_000), () =>
    world.spawn(async () => agent.comeBack()),
  );
}

function tell(world: World, agent: SimulatedAgent, told: Told): void {
  const { ec2InstanceId = "" } = agent;
  const notice = { ...told, ec2InstanceId, at: world.scheduler.now };
  const copies = world.random.chance(0.3) ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    world.scheduler.after(world.random.between(100, 15_000), () =>
      world.spawn(async () => deliver(world, notice)),
    );
  }
}

/** Lambda tries again what failed. */
async function deliver(world: World, notice: HostNotice): Promise<void> {
  for (;;) {
    try {
      await world.inProcess(async (context) => noteHost(context, notice));
      return;
    } catch (error) {
      if (!world.disturbances.isDeath(error)) throw error;
      await world.scheduler.delay(1_000);
    }
  }
}
