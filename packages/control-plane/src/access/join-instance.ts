import type { CallerIdentity, JoinAnswer } from "@berth/contracts/rest/join";
import { EcsError } from "@berth/domain/errors";
import type { ControlPlane } from "../context.ts";
import { sha256Hex } from "../request-hash.ts";
import { accessKeyIdOf, newSecret } from "./new-secret.ts";
import type { PresignedRequest } from "./presigned-request.ts";
import { readPresignedRequest } from "./presigned-request.ts";
import type { SecretSealer } from "./secret-box.ts";

export interface IdentityService {
  /** @throws EcsError ThrottlingException; Error where AWS did not say */
  identify(request: PresignedRequest, installation: string): Promise<CallerIdentity | "refused">;
}

/** Whose instances may join. */
export interface JoinRules {
  /** What instances call this Berth when they sign: the host of its endpoint. */
  readonly installation: string;
  readonly stsEndpoint: string;
  /** ARNs of IAM roles; none: nobody may. */
  readonly instanceRoles: readonly string[];
}

export interface JoinParts {
  readonly rules: JoinRules;
  readonly identities: IdentityService;
  readonly sealer: SecretSealer;
}

export interface Joined {
  readonly ec2InstanceId: string;
  readonly answer: JoinAnswer;
}

/**
 * Gives an EC2 instance a temporary key for its agent, on the strength of its role: the session of a
 * role that only EC2 may take is named by the instance (ADR 0012). Each signature gets one key: the
 * key's id is made of it, and an id is given once.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException, ThrottlingException,
 * UnsupportedFeatureException
 */
export async function joinInstance(
  controlPlane: ControlPlane,
  { rules, identities, sealer }: JoinParts,
  url: string,
): Promise<Joined> {
  const request = checkedRequest(controlPlane, rules, url);
  const identity = await identities.identify(request, rules.installation);
  if (identity === "refused") throw denied("STS does not accept the signed request.");
  const ec2InstanceId = checkedInstance(rules, identity);

  const id = accessKeyIdOf("ASIA", sha256Hex(request.signature));
  const { secretAccessKey, sealedSecret } = await newSecret(controlPlane, sealer, id);
  const createdAt = controlPlane.now();
  const validUntil = createdAt + controlPlane.settings.agentKeyLifetimeMs;
  const outcome = await controlPlane.store.accessKeys.create({
    id,
    principal: ec2InstanceId,
    grant: { kind: "agent", ec2InstanceId },
    status: "Active",
    createdAt,
    createdBy: identity.arn,
    validUntil,
    sealedSecret,
  });
  if (outcome === "conflict") throw denied("The signed request was used before. Sign another one.");
  const expiresAt = new Date(validUntil).toISOString();
  return { ec2InstanceId, answer: { accessKeyId: id, secretAccessKey, expiresAt } };
}

function checkedRequest(
  controlPlane: ControlPlane,
  { instanceRoles, stsEndpoint }: JoinRules,
  url: string,
): PresignedRequest {
  if (instanceRoles.length === 0) {
    throw new EcsError(
      "UnsupportedFeatureException",
      "Instances cannot join with an EC2 identity here: BERTH_INSTANCE_ROLES names no role.",
    );
  }
  const reading = readPresignedRequest(url, {
    stsEndpoint,
    region: controlPlane.scope.region,
    now: controlPlane.now(),
  });
  if (reading.kind === "read") return reading.request;
  throw new EcsError("InvalidParameterException", `${reading.why}.`);
}

const ROLE_SESSION =
  /^arn:[a-z-]+:sts::(?<account>\d{12}):assumed-role\/(?<role>[^/]+)\/(?<session>[^/]+)$/;
const EC2_INSTANCE_ID = /^i-[0-9a-f]{8,17}$/;

function checkedInstance({ instanceRoles }: JoinRules, { arn }: CallerIdentity): string {
  const { account, role, session = "" } = ROLE_SESSION.exec(arn)?.groups ?? {};
  if (account === undefined || role === undefined) throw denied(`${arn} is no session of a role.`);
  if (!instanceRoles.some((each) => isRole(each, account, role))) {
    throw denied(`Instances with the role ${role} of account ${account} may not join.`);
  }
  if (!EC2_INSTANCE_ID.test(session)) throw denied(`${arn} is no EC2 instance.`);
  return session;
}

/** A session's ARN does not tell the path of its role. */
const isRole = (arn: string, account: string, role: string): boolean => {
  const [, , , , roleAccount, resource = ""] = arn.split(":");
  return roleAccount === account && resource.startsWith("role/") && resource.endsWith(`/${role}`);
};

const denied = (message: string) => new EcsError("AccessDeniedException", message);
