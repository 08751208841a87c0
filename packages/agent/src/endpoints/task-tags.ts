import { type ECSClient, ListTagsForResourceCommand } from "@aws-sdk/client-ecs";
import { errorName } from "../session/api.ts";

/** Tags by the member of the metadata that they stand in. */
export type TaggedResources = Readonly<Record<"TaskTags" | "ContainerInstanceTags", string>>;

/** The tags of the resources, as far as the control plane tells; what it does not is in `Errors`. */
export async function tagsOf(api: ECSClient, resources: TaggedResources): Promise<object> {
  const asked = await Promise.all(
    Object.entries(resources).map(([field, arn]) => ask(api, field, arn)),
  );
  const errors = asked.flatMap(({ error }) => error ?? []);
  return {
    ...Object.fromEntries(asked.flatMap(({ field, tags }) => (tags ? [[field, tags]] : []))),
    ...(errors.length > 0 && { Errors: errors }),
  };
}

interface Asked {
  readonly field: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly error?: object;
}

async function ask(api: ECSClient, field: string, resourceArn: string): Promise<Asked> {
  try {
    const { tags = [] } = await api.send(new ListTagsForResourceCommand({ resourceArn }));
    return {
      field,
      tags: Object.fromEntries(tags.map(({ key = "", value = "" }) => [key, value])),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    return {
      field,
      error: {
        ErrorField: field,
        ErrorCode: errorName(error),
        ErrorMessage: message,
        ResourceARN: resourceArn,
      },
    };
  }
}
