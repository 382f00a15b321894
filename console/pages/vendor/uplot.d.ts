// What /console/vendor/uplot.js is: the package's own module, served under the console's address.
export { default } from 'uplot';
