import type { HostNotice } from "@berth/domain/container-instance";
import { noteHost } from "@berth/control-plane/hosts/note-host";
import type { SimulatedAgent } from "@berth/simulator/world/simulated-agent";
import type { World } from "@berth/simulator/world/world";

/** EC2 stops the machine of an agent and starts it again, and tells of it late, twice and in any order. */
export function stopMachine(world: World, agent: SimulatedAgent): void {
  tell(world, agent, "leaving");
  const untilEnd = world.random.between(500, 10_000);
  world.scheduler.after(untilEnd, () => {
    agent.powerOff();
    tell(world, agent, "stopped");
  });
  world.scheduler.after(untilEnd + world.random.between(5_000, 60_000), () =>
    world.spawn(async () => agent.comeBack()),
  );
}

function tell(world: World, agent: SimulatedAgent, state: HostNotice["state"]): void {
  const notice = { ec2InstanceId: agent.ec2InstanceId ?? "", state, at: world.scheduler.now };
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
