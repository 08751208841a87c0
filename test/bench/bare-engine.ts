import type Docker from "dockerode";
import pLimit from "p-limit";

const LABEL = "berth-bench";

/** What Berth's agent would create for the demo service, without anything of Berth's around it. */
const CONTAINER = {
  Image: "berth/demo:1",
  Labels: { [LABEL]: "1" },
  HostConfig: { Memory: 32 * 1024 * 1024, CpuShares: 16 },
};

/** Creates and starts so many containers straight through the Engine API. */
export async function startBare(docker: Docker, count: number, concurrency: number): Promise<void> {
  const limit = pLimit(concurrency);
  await Promise.all(
    Array.from({ length: count }, () =>
      limit(async () => {
        const container = await docker.createContainer(CONTAINER);
        await container.start();
      }),
    ),
  );
}

export async function removeBare(docker: Docker): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
  const limit = pLimit(8);
  await Promise.all(
    containers.map(({ Id }) =>
      limit(async () => docker.getContainer(Id).remove({ force: true, v: true })),
    ),
  );
}
