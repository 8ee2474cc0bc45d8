-- What is eaten from today on: and who cooks it.
CREATE VIEW upcoming_meals AS
    SELECT e.id, p.household_id, e.day, e.slot, coalesce(r.title, e.title, 'Leftovers') AS title,
        u.display_name AS cook
    FROM meal_plan_entries e
        JOIN meal_plans p ON p.id = e.meal_plan_id
        LEFT JOIN recipes r ON r.id = e.recipe_id
        LEFT JOIN users u ON u.id = e.cook_id
    WHERE e.day >= CURRENT_DATE;
