/** The API request that last changed what a service shall be: the first link of a chain of causes. */
export interface ServiceChange {
  /** Epoch ms. */
  readonly at: number;
  readonly operation:
    | "CreateService"
    | "UpdateService"
    | "DeleteService"
    | "CreateTaskSet"
    | "UpdateTaskSet"
    | "UpdateServicePrimaryTaskSet"
    | "DeleteTaskSet";
  readonly requestId: string;
  /** ARN of who asked. */
  readonly principalArn: string;
  /** The deployment that began with it, where one did. */
  readonly deploymentId?: string;
  /** What it set the desired count to, where it did. */
  readonly desiredCount?: number;
  /** The task set that it was about, where it was about one, and what it left it with. */
  readonly taskSet?: ChangedTaskSet;
}

export interface ChangedTaskSet {
  readonly id: string;
  /** Percent. */
  readonly scale: number;
}
