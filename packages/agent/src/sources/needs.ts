import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";

/** Whether something of the task must be fetched before it can be made. */
export const hasSources = ({ containers }: PayloadTask): boolean => containers.some(needsSources);

/** Whether something of the container must be. Go's encoders print `null` for what is not there. */
export const needsSources = (container: PayloadContainer): boolean =>
  Boolean(
    container.environmentFiles?.length ||
    container.secrets?.length ||
    container.registryAuthentication,
  );
