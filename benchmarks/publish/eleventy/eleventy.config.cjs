const PAGE = 30;

// Lists by department and topic in parts, as one collection for one paginated template.
function parts(guides, key, base) {
  const groups = new Map();
  for (const guide of guides) for (const term of guide.data[key] || []) groups.set(term, [...(groups.get(term) || []), guide]);
  const made = [];
  for (const [term, members] of groups) {
    const pages = Math.ceil(members.length / PAGE);
    const url = (n) => `/${base}/${term}/${n ? `page/${n + 1}/` : ""}`;
    for (let n = 0; n < pages; n++)
      made.push({ term, url: url(n), rows: members.slice(n * PAGE, (n + 1) * PAGE), newer: n ? url(n - 1) : "", older: n + 1 < pages ? url(n + 1) : "" });
  }
  return made;
}

module.exports = (config) => {
  config.addPassthroughCopy({ public: "/" });
  config.addCollection("guides", (api) => api.getFilteredByGlob("src/guides/*.md"));
  config.addCollection("parts", (api) => {
    const guides = api.getFilteredByGlob("src/guides/*.md");
    return [...parts(guides, "departments_", "departments"), ...parts(guides, "persons", "persons"), ...parts(guides, "corps", "corps")];
  });
  let titles;
  config.addCollection("titles", (api) => {
    titles = new Map(api.getFilteredByGlob("src/guides/*.md").map((guide) => [guide.data.key, guide.data.title]));
    return [];
  });
  config.addFilter("titleOf", (key) => titles.get(key));
  config.addFilter("json", (value) => JSON.stringify(value));
  return { dir: { input: "src", output: "_site" }, markdownTemplateEngine: false, htmlTemplateEngine: "njk" };
};
