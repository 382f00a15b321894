import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import deployment from '../../headwater.config';
import { addStacks } from '../../lib/headwater-app';

/** The deployment with everything that templates differ by where serve has an account of its own. */
const app = new App();
const accounts = { account: '111111111111', serveAccount: '222222222222' };
const [home] = deployment.regions;
const options = { console: {}, hotZones: { [home]: 'use1-az4' } };
addStacks(app, { ...deployment, ...accounts, ...options }, undefined);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
