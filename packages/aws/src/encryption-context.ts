/** Bound to the ciphertext, and shown in CloudTrail: whose secret it is. */
export const encryptionContext = (accessKeyId: string) => ({ "berth:accessKeyId": accessKeyId });
