BACKUP DATABASE rightswatch TO File('@name@') FORMAT Null
