"""The upper platform's catalogue of items (上级事项目录): fetched, compared with our guides, taken over by decision."""
