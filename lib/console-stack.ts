import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ConsoleSite, type ConsoleSiteProps } from './console-site';

/** The operator's page: deployed after the home region and the CDN, and deleted without touching either. */
export class ConsoleStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & ConsoleSiteProps) {
    super(scope, id, props);
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const { distribution } = new ConsoleSite(this, 'Console', props);
    new CfnOutput(this, 'ConsoleUrl', { value: `https://${distribution.distributionDomainName}/console/` });
  }
}
