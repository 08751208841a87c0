import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { ProviderShare } from "@berth/domain/capacity-provider";
import { defined } from "@berth/domain/defined";
import type { Task } from "@berth/domain/task";

type Description = NonNullable<EcsResponse<"DescribeServices">["services"]>[number];

/** What something runs on: ECS shows its strategy, or else its launch type. Source: ECS API reference, Service. */
export const presentCapacity = (
  strategy: readonly ProviderShare[] | undefined,
  launchType: Task["launchType"] | undefined,
): Pick<Description, "capacityProviderStrategy" | "launchType"> =>
  strategy
    ? {
        capacityProviderStrategy: strategy.map(({ capacityProvider, weight, base }) => ({
          capacityProvider,
          weight,
          base,
        })),
      }
    : defined({ launchType });
