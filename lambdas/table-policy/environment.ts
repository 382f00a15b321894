/** Properties of the custom resource, as CloudFormation hands them in. */
export interface TablePolicyProperties {
  /** Of a table in the function's own region. */
  readonly TableArn: string;
  /** The whole policy of the table, as JSON. */
  readonly Policy: string;
}
