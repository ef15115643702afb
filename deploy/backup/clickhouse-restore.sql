RESTORE DATABASE rightswatch FROM File('@name@') FORMAT Null
