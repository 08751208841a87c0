import type { ConfigReader } from "../config-reader.ts";

export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  readonly email?: string;
  readonly serveraddress: string;
}

/** Registry, with or without a path, to what the engine is to log in with. */
export type RegistryLogins = Readonly<Record<string, RegistryLogin>>;

/** What every image without a registry in its name is pulled from. */
const DOCKER_HUB = "docker.io";
const DOCKER_HUB_KEYS = new Set(["https://index.docker.io/v1/", "index.docker.io"]);

/** Reads ECS_ENGINE_AUTH_TYPE and ECS_ENGINE_AUTH_DATA, in either of the two forms ECS knows. */
export function readRegistryLogins(read: ConfigReader): RegistryLogins {
  const type = read.choice("ECS_ENGINE_AUTH_TYPE", ["docker", "dockercfg"]);
  if (type === undefined) return {};
  const data = read.json("ECS_ENGINE_AUTH_DATA", "a JSON object of registries", isLoginData) ?? {};
  const logins = Object.entries(data).map(([host, entry]) => [
    registryKey(host),
    type === "docker" ? plainLogin(host, entry) : encodedLogin(host, entry),
  ]);
  return Object.fromEntries(logins);
}

/** The login of the longest registry prefix that the image's name begins with. */
export function loginFor(logins: RegistryLogins, image: string): RegistryLogin | undefined {
  const name = qualifiedName(image);
  const key = Object.keys(logins)
    .filter((prefix) => name === prefix || name.startsWith(`${prefix}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  return key === undefined ? undefined : logins[key];
}

/** The image's name with its registry: the first part is one where it has a dot, a port or is localhost. */
function qualifiedName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  return isRegistry ? image : `${DOCKER_HUB}/${image}`;
}

function registryKey(host: string): string {
  if (DOCKER_HUB_KEYS.has(host)) return DOCKER_HUB;
  return host.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

interface LoginEntry {
  readonly username?: string;
  readonly password?: string;
  readonly email?: string;
  readonly auth?: string;
}

function plainLogin(
  host: string,
  { username = "", password = "", email }: LoginEntry,
): RegistryLogin {
  return { username, password, serveraddress: host, ...(email !== undefined && { email }) };
}

function encodedLogin(host: string, { auth = "", email }: LoginEntry): RegistryLogin {
  const decoded = Buffer.from(auth, "base64").toString();
  const colon = decoded.indexOf(":");
  const username = colon < 0 ? decoded : decoded.slice(0, colon);
  const password = colon < 0 ? "" : decoded.slice(colon + 1);
  return { username, password, serveraddress: host, ...(email !== undefined && { email }) };
}

const isLoginData = (value: unknown): value is Readonly<Record<string, LoginEntry>> =>
  isObject(value) &&
  Object.values(value).every(
    (entry) => isObject(entry) && Object.values(entry).every((text) => typeof text === "string"),
  );

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
