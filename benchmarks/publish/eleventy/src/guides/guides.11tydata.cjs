module.exports = {
  layout: "guide.njk",
  permalink: (data) => `/guides/${data.key}/`,
  eleventyComputed: { departments_: (data) => [data.dept] },
};
