import type { PayloadContainer, PayloadSecret, PayloadTask } from "@berth/contracts/agent/messages";
import pLimit from "p-limit";
import type { RegistryLogin } from "../docker/registry-logins.ts";
import { ContainerError } from "../engine.ts";
import { parseEnvironmentFile } from "./environment-file.ts";
import { parseSecretReference } from "./secret-reference.ts";
import { needsSources } from "./needs.ts";
import type { SourceReader } from "./source-reader.ts";

type Variables = Readonly<Record<string, string>>;

/** What was fetched for one container. */
export interface Fetched {
  /** Of its files; what the definition says itself wins over them. */
  readonly fileVariables: Variables;
  readonly secretVariables: Variables;
  readonly logOptions: Variables;
  readonly login?: RegistryLogin;
}

/** Questions of one task at once. */
const AT_ONCE = 4;

/**
 * Fetches all that the task's containers need, by their names.
 *
 * @throws ContainerError ResourceInitializationError, with what could not be read and why, and none of the values
 */
export async function fetchSources(
  { containers }: PayloadTask,
  reader: SourceReader,
): Promise<ReadonlyMap<string, Fetched>> {
  const limit = pLimit(AT_ONCE);
  const bounded: Bounded = (what, read) => limit(() => explained(what, read));
  const needing = containers.filter(needsSources);
  return new Map(
    await Promise.all(
      needing.map(
        async (container) => [container.name, await fetchOne(container, reader, bounded)] as const,
      ),
    ),
  );
}

type Bounded = (what: string, read: () => Promise<string>) => Promise<string>;

async function fetchOne(
  container: PayloadContainer,
  reader: SourceReader,
  bounded: Bounded,
): Promise<Fetched> {
  const { environmentFiles, secrets } = container;
  const files = (environmentFiles ?? []).map(({ value }) =>
    bounded(`failed to download env files: ${value}`, () => reader.file(value)),
  );
  const values = (secrets ?? []).map(async (secret) => ({
    secret,
    value: await bounded(`${SECRETS}: ${secret.valueFrom}`, () => secretValue(secret, reader)),
  }));
  const login = fetchLogin(container, reader, bounded);
  const [texts, named, found] = await Promise.all([Promise.all(files), Promise.all(values), login]);
  const aimedAt = (target: PayloadSecret["target"]) =>
    Object.fromEntries(
      named
        .filter(({ secret }) => secret.target === target)
        .map(({ secret, value }) => [secret.name, value]),
    );
  return {
    // The earlier of two files wins.
    fileVariables: Object.assign({}, ...texts.toReversed().map(parseEnvironmentFile)) as Variables,
    secretVariables: aimedAt("CONTAINER"),
    logOptions: aimedAt("LOG_DRIVER"),
    ...(found && { login: found }),
  };
}

const SECRETS = "unable to pull secrets or registry auth";

async function secretValue(
  { valueFrom, provider, region }: PayloadSecret,
  reader: SourceReader,
): Promise<string> {
  if (provider === "ssm") return reader.parameter(valueFrom, region);
  const reference = parseSecretReference(valueFrom);
  const value = await reader.secret(reference, region);
  const { jsonKey } = reference;
  if (jsonKey === undefined) return value;
  const member = membersOf(value).get(jsonKey);
  if (member === undefined) throw new Error(`the secret has no JSON key ${jsonKey}`);
  return typeof member === "string" ? member : JSON.stringify(member);
}

async function fetchLogin(
  { image, registryAuthentication }: PayloadContainer,
  reader: SourceReader,
  bounded: Bounded,
): Promise<RegistryLogin | undefined> {
  if (!registryAuthentication) return undefined;
  const { credentialsParameter, region } = registryAuthentication.asmAuthData;
  const text = await bounded(`${SECRETS}: ${credentialsParameter}`, async () => {
    const value = await reader.secret(parseSecretReference(credentialsParameter), region);
    return checkedLogin(value);
  });
  const members = membersOf(text);
  const part = (name: string) => String(members.get(name));
  return { username: part("username"), password: part("password"), serveraddress: hostOf(image) };
}

function checkedLogin(text: string): string {
  const members = membersOf(text);
  for (const name of ["username", "password"]) {
    if (typeof members.get(name) !== "string") throw new Error(`the secret has no text ${name}`);
  }
  return text;
}

/** Docker Hub's own key where the image's name says no host. */
function hostOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "https://index.docker.io/v1/";
}

/** The parser's own message would repeat some of the text. */
function membersOf(text: string): ReadonlyMap<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return new Map(Object.entries(parsed));
  } catch {
    // Said below, for both.
  }
  throw new Error("the secret is no JSON object");
}

/** Services' own errors name what was asked for, and never the value. */
async function explained(what: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error("unknown");
    const why = name === "Error" ? message : `${name}: ${message}`;
    throw new ContainerError(`ResourceInitializationError: ${what}: ${why}`);
  }
}
