/** Properties of the custom resource, as CloudFormation hands them in. */
export interface CredentialDigestProperties {
  readonly SecretId: string;
  /** A number as a string. Raising it replaces the secret; the one before stays valid until the next time. */
  readonly Generation: string;
}

/** The attribute it answers with: digests as `lambdas/serve` and `lambdas/control` take them. */
export const DIGESTS_ATTRIBUTE = 'Digests';
