import type { Deployment, Service } from "@berth/domain/service";

/**
 * Whether the service as it is written fails this deployment of it. One that is rolled back may be
 * gone in that very write: its event stays.
 */
export function isFailedIn({ id }: Pick<Deployment, "id">, written: Service): boolean {
  const { deployments, newEvents } = written;
  return (
    deployments.some((each) => each.id === id && each.rolloutState === "FAILED") ||
    newEvents.some(({ message }) => message.includes(`(deployment ${id}) deployment failed`))
  );
}
