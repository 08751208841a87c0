/** What Berth has issued and may take back: which access key, or which bearer token. */
export interface IssuedCredential {
  readonly kind: "accessKey" | "apiToken";
  readonly id: string;
}
