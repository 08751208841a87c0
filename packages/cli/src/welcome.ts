import type { RootCredentials } from "@berth/contracts/local/installation";

/** What a client needs to know to talk to this Berth. */
export interface Endpoint extends RootCredentials {
  readonly url: string;
  readonly region: string;
}

/**
 * What `berth up` ends with. The `export` lines stand at the start of their lines, so that a shell
 * or a script can pick them out. Version 1 of the AWS CLI reads only AWS_DEFAULT_REGION.
 */
export function welcome(
  endpoint: Endpoint,
  { instances, addressBlock }: { readonly instances: number; readonly addressBlock: number },
): string {
  return `
Berth is up with ${instances} container instance${instances === 1 ? "" : "s"}. Ctrl-C stops it; containers run on.

export AWS_ENDPOINT_URL=${endpoint.url}
export AWS_ACCESS_KEY_ID=${endpoint.accessKeyId}
export AWS_SECRET_ACCESS_KEY=${endpoint.secretAccessKey}
export AWS_REGION=${endpoint.region}
export AWS_DEFAULT_REGION=${endpoint.region}

Next: paste these lines into another terminal, then run a service in it:

  aws ecs register-task-definition --family web --container-definitions \\
    '[{"name":"web","image":"berth/demo:1","memory":32,"portMappings":[{"containerPort":80,"hostPort":8080}]}]'
  aws ecs create-service --service-name web --task-definition web --desired-count ${instances}
  aws ecs wait services-stable --services web
  curl http://127.0.${addressBlock}.1:8080
`;
}
