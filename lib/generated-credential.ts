import { CustomResource, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type CredentialDigestProperties, DIGESTS_ATTRIBUTE } from '../lambdas/credential-digest/environment';
import { acknowledge } from './acknowledge';
import { OriginFunction } from './origin-function';

export interface GeneratedCredentialProps {
  readonly secretName: string;
  readonly description: string;
  /** Regions besides the stack's own where the secret must be readable under the same name. */
  readonly replicaRegions?: readonly string[];
  /** Raising it replaces the secret; the one before stays accepted. */
  readonly generation: number;
}

/** Letters and digits, which need no quoting in a header: 43 of 62 make 256 bits. */
const SECRET_LENGTH = 43;
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * A secret that nobody chose, kept in Secrets Manager; functions get only its digests. At 256 bits it needs no slow
 * hash.
 */
export class GeneratedCredential extends Construct {
  /** SHA-256, hexadecimal, comma-separated: the current secret's, then the previous one's if there is one. */
  readonly digests: string;

  constructor(scope: Construct, id: string, props: GeneratedCredentialProps) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      secretName: props.secretName,
      description: props.description,
      generateSecretString: { passwordLength: SECRET_LENGTH, excludeCharacters: PUNCTUATION },
      replicaRegions: (props.replicaRegions ?? []).map((region) => ({ region })),
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'Replaced by raising credentialGeneration, so that CDN and origin change together.',
    });
    // The ARN, as `Ref` is on AWS; in emulators `Ref` is the name, and no policy matches it.
    const secretArn = (secret.node.defaultChild as CfnSecret).attrId;
    const digest = new OriginFunction(this, 'DigestFunction', {
      room: 'credential-digest',
      description: `Digests of ${props.secretName}, at deployment only`,
      memorySize: 256,
      timeout: Duration.seconds(30),
      policy: [
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
          resources: [secretArn],
        }),
      ],
    });
    const properties: CredentialDigestProperties = {
      SecretId: secretArn,
      Generation: props.generation.toString(),
    };
    const digests = new CustomResource(this, 'Digests', {
      serviceToken: digest.functionArn,
      resourceType: 'Custom::CredentialDigests',
      properties: { ...properties },
    });
    this.digests = digests.getAttString(DIGESTS_ATTRIBUTE);
  }
}
