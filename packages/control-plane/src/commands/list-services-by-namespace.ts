import { EcsError } from "@berth/domain/errors";
import type { Command } from "./command.ts";
import { pageRequest } from "./paging.ts";

const LIMITS = { default: 10, max: 100 };
const MAX_NAME_LENGTH = 1024;
const NAME = /^[!-~]+$/;
/** Source: Cloud Map API reference, `Namespace`. */
const ARN = /^arn:[a-z-]+:servicediscovery:[a-z0-9-]+:\d{12}:namespace\/ns-[a-z0-9_]+$/;

/**
 * The services of a Cloud Map namespace. There are none: no service is created that names one, so
 * whatever the namespace, its list is empty.
 *
 * @throws EcsError InvalidParameterException
 */
export const listServicesByNamespace: Command<"ListServicesByNamespace"> = async (_, request) => {
  checkNamespace(request.namespace ?? "");
  pageRequest(request, LIMITS);
  return { serviceArns: [] };
};

function checkNamespace(namespace: string): void {
  if (namespace.length > MAX_NAME_LENGTH) {
    throw invalid(`namespace must have at most ${MAX_NAME_LENGTH} characters.`);
  }
  const isValid = namespace.startsWith("arn:") ? ARN.test(namespace) : NAME.test(namespace);
  if (!isValid) throw invalid("namespace must be the name or the ARN of a Cloud Map namespace.");
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
