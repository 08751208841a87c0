/** In the bundle, in place of packages that an agent never calls. */
module.exports = {};
