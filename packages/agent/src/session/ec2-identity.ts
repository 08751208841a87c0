import { CALLER_IDENTITY_QUERY, INSTALLATION_HEADER } from "@berth/contracts/rest/join";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "../config.ts";

export interface IdentityQuestion {
  readonly region: string;
  readonly stsEndpoint: string;
  /** The host of the control plane: nobody else can use the signature. */
  readonly installation: string;
  /** The role's, from the instance's metadata. */
  readonly credentials: () => Promise<Credentials>;
}

/** Long enough for the way; the control plane uses it at once, and once. */
const EXPIRES_SECONDS = 60;

/** A signed request to STS, "who am I?", as a URL: for somebody else to send. */
export async function signedIdentityUrl(question: IdentityQuestion): Promise<string> {
  const { region, stsEndpoint, installation, credentials } = question;
  const signer = new SignatureV4({
    service: "sts",
    region,
    credentials,
    sha256: Hash.bind(null, "sha256"),
    applyChecksum: false,
  });
  const { protocol, hostname, host, origin } = new URL(stsEndpoint);
  const { query = {} } = await signer.presign(
    {
      method: "GET",
      protocol,
      hostname,
      path: "/",
      query: { ...CALLER_IDENTITY_QUERY },
      headers: { host, [INSTALLATION_HEADER]: installation },
    },
    { expiresIn: EXPIRES_SECONDS },
  );
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encoded(value)}`);
  return `${origin}/?${pairs.join("&")}`;
}

const encoded = (value: unknown): string => encodeURIComponent(String(value));
