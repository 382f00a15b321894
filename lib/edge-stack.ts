import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EdgeDistribution, type EdgeDistributionProps } from './edge-distribution';

/** The CDN: deployed after the regions, whose API names it looks up without holding on to their stacks. */
export class EdgeStack extends Stack {
  readonly edge: EdgeDistribution;

  constructor(scope: Construct, id: string, props: StackProps & EdgeDistributionProps) {
    super(scope, id, props);
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    this.edge = new EdgeDistribution(this, 'Edge', props);
    const { distributionDomainName } = this.edge.distribution;
    new CfnOutput(this, 'DistributionId', { value: this.edge.distribution.distributionId });
    new CfnOutput(this, 'ViewerUrl', { value: `https://${distributionDomainName}/live` });
  }
}
