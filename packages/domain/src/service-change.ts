/** The API request that last changed what a service shall be: the first link of a chain of causes. */
export interface ServiceChange {
  /** Epoch ms. */
  readonly at: number;
  readonly operation: "CreateService" | "UpdateService" | "DeleteService";
  readonly requestId: string;
  /** ARN of who asked. */
  readonly principalArn: string;
  /** The deployment that began with it, where one did. */
  readonly deploymentId?: string;
  /** What it set the desired count to, where it did. */
  readonly desiredCount?: number;
}
