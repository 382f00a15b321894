import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ServeOrigin, type ServeOriginProps } from './serve-origin';

/** One region of the deployment as it answers CDNs, in the account that is set aside for it: deployed after the region. */
export class ServeStack extends Stack {
  readonly origin: ServeOrigin;

  constructor(scope: Construct, id: string, props: StackProps & ServeOriginProps) {
    super(scope, id, props);
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    this.origin = new ServeOrigin(this, 'Origin', props);
    new CfnOutput(this, 'ServeUrl', { value: `https://${this.origin.serveApi.hostName}` });
  }
}
